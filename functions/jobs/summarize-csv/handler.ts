import { summarizeCsv } from './definition.ts';
import { summarize } from './summarize.ts';

export const handler = summarizeCsv.handle((input, { signal }) => summarize({ ...input, signal }));
