export { handler } from '../../../../../functions/jobs/summarize-csv/handler.ts';
