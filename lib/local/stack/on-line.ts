export type LineLevel = 'info' | 'warn' | 'error';

/** A line for the terminal. `source` is a function or a part of the runtime; `level` stands unless the text names one. */
export type OnLine = (source: string, text: string, level: LineLevel) => void;
