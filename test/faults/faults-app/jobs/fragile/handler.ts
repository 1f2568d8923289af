import { perform } from '../../task.ts';
import { fragile } from './definition.ts';

export const handler = fragile.handle(perform);
