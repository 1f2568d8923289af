#!/usr/bin/env node
import { runCommandLine } from '../lib/cli/main.ts';
import { wantsColors } from '../lib/cli/terminal.ts';

// Node 20 runs the tools, not the functions, so the SDK's notice about its age is about nothing that is deployed.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// A reader that goes away, as `| head` does, or a terminal that is closed, must not stop an orderly stop.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

const exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  workingDirectory: process.cwd(),
  colors: wantsColors(process.env, { isTerminal: process.stderr.isTTY }),
  print: (text) => process.stdout.write(`${text}\n`),
  report: (text) => process.stderr.write(`${text}\n`),
  exit: (code) => process.exit(code),
});
process.exit(exitCode);
