/** Fields of our own log lines that stand elsewhere, or say nothing on one machine. */
const LEFT_OUT = new Set(['level', 'time', 'source', 'message']);

const SOURCE_WIDTH = 9;

/** `consumer  job completed jobId=… attempt=1`. A line that is not ours stays as it is. */
export function formatLogLine(source: string, text: string): string | undefined {
  const content = formatContent(text);
  return content === undefined ? undefined : `${source.padEnd(SOURCE_WIDTH)} ${content}`;
}

/** Undefined for a line that only machines read: a metric document. */
function formatContent(text: string): string | undefined {
  const record = parseRecord(text);
  if (record === undefined) {
    return text;
  }
  if ('_aws' in record) {
    return undefined;
  }
  const { level, message } = record;
  if (typeof message !== 'string') {
    return text;
  }
  const fields = Object.entries(record)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const prefix = level === 'warn' || level === 'error' ? `${level.toUpperCase()} ` : '';
  return [`${prefix}${message}`, ...fields].join(' ');
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
