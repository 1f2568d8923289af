export { summarizeCsv } from '../../../../../functions/jobs/summarize-csv/definition.ts';
