import type { Spawner } from '../processes/index.ts';
import { findAppInputs, Reloader, type ReloadTarget, TypeCheck, TypeGate } from '../reload/index.ts';
import type { StackPlan } from '../template/plan.ts';
import { labelFunctions } from './function-labels.ts';
import type { OnLine } from './on-line.ts';
import { type CdkProject, dropUndefined } from './synthesize.ts';
import type { Work } from './work.ts';

export interface StartReloadOptions {
  readonly plan: StackPlan;
  readonly work: Pick<Work, 'functions' | 'schedules'>;
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
  const { plan, work, project, directory, spawner, environment, onLine, colors } = options;
  const say = (text: string, level: 'info' | 'warn' | 'error'): void => onLine(SOURCE, text, level);
  const labels = labelFunctions(plan.functions.map(({ logicalId }) => logicalId));
  const targets = plan.functions.flatMap(({ name, logicalId, origin, codeDirectory }): readonly ReloadTarget[] => {
    const running = work.functions.get(name);
    if (origin === undefined || running === undefined) return [];
    const schedules = work.schedules.filter(({ functionName }) => functionName === name);
    const tryCode: ReloadTarget['tryCode'] = async (code, signal) => {
      const trial = await running.tryCode(code, signal);
      if (trial.kind !== 'loaded') return trial;
      const adopt = async (): Promise<void> => {
        // A tick may last until the next one: it ends, and one on the new code takes its place.
        await trial.adopt({ endsRunning: schedules.length > 0 });
        for (const { tick } of schedules) tick();
      };
      return { ...trial, adopt };
    };
    return [{ label: labels.get(logicalId) ?? name, origin, codeDirectory, tryCode }];
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
    types: new TypeGate({ check: (jobsDirectories) => typeCheck.check(jobsDirectories), onLine: say }),
    colors,
  });
  return {
    close: async () => {
      await Promise.all([typeCheck.close(), reloader.close()]);
    },
  };
}
