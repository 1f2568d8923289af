import type { LocalFunction } from '../lambda/local-function.ts';
import type { Spawner } from '../processes/index.ts';
import { findAppInputs, Reloader, type ReloadTarget, TypeCheck } from '../reload/index.ts';
import type { StackPlan } from '../template/plan.ts';
import { labelFunctions } from './function-labels.ts';
import type { OnLine } from './on-line.ts';
import { type CdkProject, dropUndefined } from './synthesize.ts';

export interface StartReloadOptions {
  readonly plan: StackPlan;
  /** By name. */
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly project: CdkProject;
  /** Takes the new bundles. */
  readonly directory: string;
  readonly spawner: Spawner;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: OnLine;
  readonly colors: boolean;
}

const SOURCE = 'reload';

/** Watches what the functions are made of. Functions whose template does not say keep their code. */
export function startReload(options: StartReloadOptions): { readonly close: () => Promise<void> } {
  const { plan, functions, project, directory, spawner, environment, onLine, colors } = options;
  const say = (text: string, level: 'info' | 'warn' | 'error'): void => onLine(SOURCE, text, level);
  const labels = labelFunctions(plan.functions.map(({ logicalId }) => logicalId));
  const targets = plan.functions.flatMap(({ name, logicalId, origin, codeDirectory }): readonly ReloadTarget[] => {
    const running = functions.get(name);
    if (origin === undefined || running === undefined) return [];
    const replaceCode = (code: string): Promise<void> => running.replaceCode(code);
    return [{ label: labels.get(logicalId) ?? name, origin, codeDirectory, replaceCode }];
  });
  if (targets.length === 0) return { close: () => Promise.resolve() };
  const typeCheck = new TypeCheck({
    projectDirectory: project.directory,
    spawner,
    environment: dropUndefined(environment),
    colors,
    onLine: say,
  });
  const reloader = new Reloader({
    targets,
    directory,
    appInputs: () => findAppInputs(project),
    onLine: say,
    onBuilt: (jobsDirectories) => {
      typeCheck.check(jobsDirectories).catch(() => {});
    },
    colors,
  });
  return {
    close: async () => {
      await Promise.all([typeCheck.close(), reloader.close()]);
    },
  };
}
