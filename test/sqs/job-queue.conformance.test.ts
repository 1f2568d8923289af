import { createSqsJobQueue } from '../../lib/sqs/index.ts';
import { describeJobQueue } from '../conformance/job-queue/index.ts';
import { startLocalQueues } from './local-queues.ts';

describeJobQueue('SQS', async () => {
  const local = await startLocalQueues();
  return {
    createQueue: async () => {
      const urls = await local.createQueues();
      return {
        queue: createSqsJobQueue({ client: local.client, ...urls }),
        receive: () => local.receive(urls.queueUrl),
        receiveSoon: () => local.receive(urls.queueUrl, 3),
        receiveDead: () => local.receive(urls.deadLetterQueueUrl),
      };
    },
    close: local.close,
  };
});
