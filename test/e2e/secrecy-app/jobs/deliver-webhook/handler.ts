export { handler } from '../../../../../functions/jobs/deliver-webhook/handler.ts';
