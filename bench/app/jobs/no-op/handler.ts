import { noOp } from './definition.ts';

export const handler = noOp.handle(() => null);
