import {
  type AnyJobDefinition,
  InvalidDefinitionError,
  isJobDefinition,
  isJobHandler,
  type JobDefaults,
  type JobHandler,
  PLAIN_DEFAULTS,
} from '../core/index.ts';

/** What a job's module exports, by name. */
export type JobModule = Readonly<Record<string, unknown>>;

/** The modules of all job types, by the name of their folder. */
export type JobModules = Readonly<Record<string, JobModule>>;

/** @throws InvalidDefinitionError when two definitions have one type, or a module has none */
export function collectDefinitions(modules: JobModules): ReadonlyMap<string, AnyJobDefinition> {
  return byType(
    modules,
    isJobDefinition,
    (definition) => definition.type,
    'a job definition (export const … = defineJob({ … }))',
  );
}

/** @throws InvalidDefinitionError when two handlers have one type, or a module has none */
export function collectHandlers(modules: JobModules): ReadonlyMap<string, JobHandler> {
  return byType(
    modules,
    isJobHandler,
    (handler) => handler.definition.type,
    'a job handler (export const handler = ….handle(…))',
  );
}

/** What raw puts need not say, by their type. */
export function createDefaultsOf(definitions: ReadonlyMap<string, AnyJobDefinition>): (type: string) => JobDefaults {
  return (type) => definitions.get(type) ?? PLAIN_DEFAULTS(type);
}

function byType<Entry>(
  modules: JobModules,
  is: (value: unknown) => value is Entry,
  typeOf: (entry: Entry) => string,
  expected: string,
): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  const folders = new Map<string, string>();
  for (const [folder, module] of Object.entries(modules)) {
    const entries = Object.values(module).filter(is);
    if (entries.length === 0) {
      const exported = Object.keys(module).join(', ') || 'nothing';
      throw new InvalidDefinitionError(`The job folder "${folder}" exports ${exported}: expected ${expected}.`);
    }
    for (const entry of entries) {
      const type = typeOf(entry);
      if (found.has(type)) {
        throw new InvalidDefinitionError(
          `The job folders "${folders.get(type)}" and "${folder}" define the type "${type}": give each a type of its own.`,
        );
      }
      found.set(type, entry);
      folders.set(type, folder);
    }
  }
  return found;
}
