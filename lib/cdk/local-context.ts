import type { IConstruct } from 'constructs';
import { LOCAL_CONTEXT } from '../core/names.ts';

/** Whether the app is synthesized for the local runtime. */
export const isLocal = (scope: IConstruct): boolean => String(scope.node.tryGetContext(LOCAL_CONTEXT)) === 'true';
