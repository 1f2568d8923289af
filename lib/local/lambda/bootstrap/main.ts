/**
 * The runtime inside a function's process: what `/var/runtime` is on Lambda. It loads the handler, then runs one
 * invocation after another. It is in every cold start, so it imports nothing but a few of Node's own modules.
 *
 * On SIGTERM, which Lambda sends before it shuts an environment down, the running invocation goes on to its end and the
 * process then ends. Handlers that want to end early listen for the same signal.
 */
import { type Handler, loadHandler } from './load-handler.ts';
import { type ErrorDocument, type Invocation, RuntimeClient } from './runtime-client.ts';

/** Exit statuses of Lambda's own runtime. */
const EXIT = { uncaughtException: 129, unhandledRejection: 128, initError: 1, apiLost: 1 } as const;

const { env } = process;
const client = new RuntimeClient(env['AWS_LAMBDA_RUNTIME_API'] ?? '');

let current: Invocation | undefined;
let isStopping = false;

const toErrorDocument = (error: unknown): ErrorDocument => {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
};

const createContext = (invocation: Invocation) => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
  functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
  memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
  logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
  logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
  invokedFunctionArn: invocation.functionArn,
  awsRequestId: invocation.requestId,
  getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineAt - Date.now()),
});

const runInvocation = async (handler: Handler, invocation: Invocation): Promise<void> => {
  if (invocation.traceId !== undefined) env['_X_AMZN_TRACE_ID'] = invocation.traceId;
  let answer: string;
  try {
    const result = await handler(JSON.parse(invocation.payload), createContext(invocation));
    answer = JSON.stringify(result) ?? 'null';
  } catch (error) {
    console.error('Invoke Error', error);
    await client.reportInvocationError(invocation.requestId, toErrorDocument(error));
    return;
  }
  await client.respond(invocation.requestId, answer);
};

/** An error that no promise or `try` has caught: nothing is known about the process afterwards, so it ends. */
const endBy = (errorType: string, error: unknown, exitStatus: number): void => {
  console.error(errorType, error);
  const exit = () => process.exit(exitStatus);
  if (current === undefined) exit();
  else client.reportInvocationError(current.requestId, { ...toErrorDocument(error), errorType }).then(exit, exit);
};

const run = async (): Promise<void> => {
  let handler: Handler;
  try {
    handler = await loadHandler(env['LAMBDA_TASK_ROOT'] ?? '', env['_HANDLER'] ?? '');
  } catch (error) {
    console.error('Init Error', error);
    await client.reportInitError(toErrorDocument(error));
    process.exit(EXIT.initError);
  }
  while (!isStopping) {
    current = await client.next();
    await runInvocation(handler, current);
    current = undefined;
  }
  process.exit(0);
};

process.on('SIGTERM', () => {
  isStopping = true;
  if (current === undefined) process.exit(0);
});
// A terminal sends Ctrl-C to every process; the local runtime alone decides when this one ends.
process.on('SIGINT', () => {});
process.on('uncaughtException', (error) => endBy('Runtime.UncaughtException', error, EXIT.uncaughtException));
process.on('unhandledRejection', (reason) =>
  endBy('Runtime.UnhandledPromiseRejection', reason, EXIT.unhandledRejection),
);

run().catch((error: unknown) => {
  // The runtime API is gone, and with it everyone who could want an answer.
  console.error('Runtime API Error', error);
  process.exit(EXIT.apiLost);
});
