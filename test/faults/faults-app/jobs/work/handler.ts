import { perform } from '../../task.ts';
import { work } from './definition.ts';

export const handler = work.handle(perform);
