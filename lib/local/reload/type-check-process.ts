import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import type { CheckTypes, TypesChecked } from './type-check.ts';

/**
 * Types are checked in a process of its own: a check takes all of a processor, and the runtime has requests to answer. The
 * process lives as long as the stack, because what a compiler has read and checked once makes the next check quick.
 */

type Compiler = typeof ts;
type Check = (project: string) => string;

/** With the compiler in this process, which keeps everything that has not changed. */
function createWarmCheck(compiler: Compiler): Check {
  const sources = new Map<string, { readonly stamp: string; readonly source: ts.SourceFile | undefined }>();
  let program: ts.SemanticDiagnosticsBuilderProgram | undefined;
  return (project) => {
    const { sys } = compiler;
    const parsed = compiler.getParsedCommandLineOfConfigFile(project, undefined, {
      ...sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(compiler.flattenDiagnosticMessageText(messageText, sys.newLine));
      },
    });
    if (parsed === undefined) throw new Error(`${project} cannot be read`);
    const host = compiler.createIncrementalCompilerHost(parsed.options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (path, options, onError) => {
      const status = statSync(path, { throwIfNoEntry: false });
      const stamp = JSON.stringify([status?.mtimeMs, status?.size, status?.ino, options]);
      const known = sources.get(path);
      if (known?.stamp === stamp) return known.source;
      const source = read(path, options, onError);
      sources.set(path, { stamp, source });
      return source;
    };
    // A file may come or go while the one that imports it stays as it is; packages do not change under a running stack.
    host.hasInvalidatedResolutions = (path) => !path.includes('/node_modules/');
    program = compiler.createSemanticDiagnosticsBuilderProgram(
      parsed.fileNames,
      parsed.options,
      host,
      program,
      parsed.errors,
    );
    const found = [
      ...program.getConfigFileParsingDiagnostics(),
      ...program.getOptionsDiagnostics(),
      ...program.getSyntacticDiagnostics(),
      ...program.getGlobalDiagnostics(),
      ...program.getSemanticDiagnostics(),
    ];
    return compiler.formatDiagnosticsWithColorAndContext(compiler.sortAndDeduplicateDiagnostics(found), host);
  };
}

/** With its command: from version 7 on the compiler is a program of its own, whose package has no functions to call. */
const createCommandCheck =
  (command: string): Check =>
  (project) => {
    const { status, stdout, error } = spawnSync(process.execPath, [command, '--project', project, '--pretty'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (error !== undefined) throw error;
    return status === 0 ? '' : stdout;
  };

function loadCompiler(directory: string): Partial<Compiler> {
  try {
    return createRequire(import.meta.url)(directory) as Compiler;
  } catch {
    return {};
  }
}

function createCheck(directory: string): Check {
  const compiler = loadCompiler(directory);
  return typeof compiler.createSemanticDiagnosticsBuilderProgram === 'function'
    ? createWarmCheck(compiler as Compiler)
    : createCommandCheck(join(directory, 'bin', 'tsc'));
}

const answerOf = (run: () => string): Omit<TypesChecked, 'request'> => {
  try {
    return { text: run() };
  } catch (error) {
    return { text: '', problem: String(error) };
  }
};

const check = createCheck(process.argv[2] ?? '');

process.on('disconnect', () => process.exit());
process.on('message', ({ request, project }: CheckTypes) => {
  process.send?.({ request, ...answerOf(() => check(project)) });
});
