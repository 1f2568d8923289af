export { type AppOptions, createApp } from './app.ts';
export { createLambdaHandler, type LambdaHandler } from './lambda.ts';
