import { en } from 'zod/locales';
import * as z from 'zod/mini';

/**
 * Lets schemas say what they expected: `zod/mini` comes without words and calls everything "Invalid input". An application that
 * has set a language of its own keeps it.
 */
export function speakEnglish(): void {
  if (z.config().localeError === undefined) z.config(en());
}
