export { deliverWebhook } from '../../../../../functions/jobs/deliver-webhook/definition.ts';
