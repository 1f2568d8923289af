import { createRequire } from 'node:module';
import { runDev } from './dev.ts';
import { describeError, UsageError } from './errors.ts';
import { EXIT, type Terminal } from './terminal.ts';
import { runVerify } from './verify.ts';

const USAGE = `Usage: async-endpoints <command> [options]
       async-endpoints --version

Commands:
  dev     run the whole stack on this machine
  verify  check the history of every job in a log

async-endpoints <command> --help tells more about a command.`;

type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = { dev: runDev, verify: runVerify };

/** Resolves with the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.print(USAGE);
    return EXIT.fine;
  }
  if (name === '--version' || name === '-v') {
    terminal.print(readVersion());
    return EXIT.fine;
  }
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    terminal.report(name === undefined ? USAGE : `Unknown command "${name}".\n\n${USAGE}`);
    return EXIT.wrongUsage;
  }
  try {
    return await command(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.report(`${error.message}\nasync-endpoints ${name} --help tells what there is.`);
      return EXIT.wrongUsage;
    }
    terminal.report(describeError(error));
    return EXIT.failed;
  }
}

/** Of the package that this module belongs to, wherever it is built to. */
function readVersion(): string {
  const { version } = createRequire(import.meta.url)('async-endpoints/package.json') as { readonly version: string };
  return version;
}
