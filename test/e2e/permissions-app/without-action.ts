import { readFileSync, writeFileSync } from 'node:fs';

interface Statement {
  Action: string | readonly string[];
}

interface Role {
  readonly Type: string;
  readonly Properties: { readonly Policies?: readonly { readonly PolicyDocument: { Statement: Statement[] } }[] };
}

/** Takes an action away from the roles whose logical id matches, as if the construct had never listed it. */
export function withoutAction(file: string, roles: RegExp, action: string): void {
  const template = JSON.parse(readFileSync(file, 'utf8')) as { readonly Resources: Readonly<Record<string, Role>> };
  for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::IAM::Role' || !roles.test(logicalId)) continue;
    for (const { PolicyDocument } of Properties.Policies ?? []) {
      PolicyDocument.Statement = PolicyDocument.Statement.map((statement) => ({
        ...statement,
        Action: [statement.Action].flat().filter((name) => name !== action),
      })).filter(({ Action }) => Action.length > 0);
    }
  }
  writeFileSync(file, JSON.stringify(template));
}
