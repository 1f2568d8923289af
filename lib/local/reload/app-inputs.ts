import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/** What an app's command says about its sources. */
export interface AppCommand {
  readonly directory: string;
  /** As in `cdk.json`: `node --import tsx bin/app.ts`. */
  readonly app: string;
}

const SOURCE = /\.[cm]?[jt]sx?$/;

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/**
 * The files that the app is made of, found from the files that its command names: what cannot be found is not watched,
 * and nothing depends on it but a hint to restart.
 */
export async function findAppInputs({ directory, app }: AppCommand): Promise<readonly string[]> {
  const entries = app
    .split(/\s+/)
    .map((word) => word.replace(/^["']|["']$/g, ''))
    .filter((word) => SOURCE.test(word))
    .map((word) => resolve(directory, word))
    .filter(isFile);
  const configuration = resolve(directory, 'cdk.json');
  if (entries.length === 0) return [configuration];
  try {
    const { metafile } = await build({
      entryPoints: entries,
      absWorkingDir: directory,
      bundle: true,
      write: false,
      outdir: 'out',
      metafile: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    return [configuration, ...Object.keys(metafile.inputs).map((input) => resolve(directory, input))];
  } catch {
    return [configuration, ...entries];
  }
}
