import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { OUTPUT } from '../core/names.ts';
import { InvalidPropsError } from './errors.ts';
import type { Settings } from './settings.ts';

type Values = Readonly<Record<keyof typeof OUTPUT, string | undefined>>;

/** The stack's outputs, by which the command line and other tools find an installation. An undefined value has none. */
export function createOutputs(scope: Construct, { outputPrefix }: Settings, values: Values): void {
  const stack = Stack.of(scope);
  for (const [key, name] of Object.entries(OUTPUT) as [keyof typeof OUTPUT, string][]) {
    const value = values[key];
    const id = outputPrefix + name;
    if (value === undefined) continue;
    if (stack.node.tryFindChild(id) !== undefined) {
      throw new InvalidPropsError(scope.node.path, [
        `outputPrefix is ${JSON.stringify(outputPrefix)}, but must make the outputs' names unique: the stack already has "${id}"`,
      ]);
    }
    new CfnOutput(stack, id, { value });
  }
}
