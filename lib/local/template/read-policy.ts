import { type Condition, findObstacle, type PrincipalSelection, type Selection, type Statement } from '../iam/index.ts';
import type { PropertyReader } from './property-reader.ts';
import { isObject } from './raw-template.ts';

export interface PolicyOptions {
  readonly origin: string;
  /** What a statement without `Resource` is about, as in a trust policy; absent where each must name its own. */
  readonly resource?: string;
}

/** Services that answer on this machine, so that a condition on a call to them counts. */
const LOCAL_SERVICES = ['dynamodb', 'kms', 'lambda', 'logs', 's3', 'secretsmanager', 'sqs', 'sts'];

/** Reads the policy document under a property; every part of it must be understood. */
export const readPolicy = (owner: PropertyReader, name: string, options: PolicyOptions): readonly Statement[] => {
  const document = owner.object(name);
  document.withoutLocalEffect('Id');
  document.optionalLiteral('Version', ['2012-10-17', '2008-10-17']);
  return document.objects('Statement').map((statement) => readStatement(statement, options));
};

const readStatement = (statement: PropertyReader, { origin, resource }: PolicyOptions): Statement => {
  statement.withoutLocalEffect('Sid');
  const actions = readSelection(statement, 'Action');
  const resources = readSelection(statement, 'Resource');
  const principals = readPrincipals(statement);
  const own: Selection | undefined = resource === undefined ? undefined : { kind: 'these', patterns: [resource] };
  return {
    origin,
    effect: statement.literal('Effect', ['Allow', 'Deny']),
    actions: actions ?? statement.missing('Action'),
    resources: resources ?? own ?? statement.missing('Resource'),
    ...(principals === undefined ? {} : { principals }),
    conditions: readConditions(statement, actions),
  };
};

const readSelection = (statement: PropertyReader, name: 'Action' | 'Resource'): Selection | undefined => {
  const [these, others] = [statement.oneOrMoreStrings(name), statement.oneOrMoreStrings(`Not${name}`)];
  if (these !== undefined && others !== undefined) {
    throw statement.invalid(`Not${name}`, `absent beside ${name}`, others);
  }
  const patterns = these ?? others;
  const variable = patterns?.find((pattern) => pattern.includes('${'));
  if (variable !== undefined)
    throw statement.invalid(name, 'without policy variables (what is known locally)', variable);
  return patterns === undefined ? undefined : { kind: these === undefined ? 'all-but-these' : 'these', patterns };
};

const readPrincipals = (statement: PropertyReader): PrincipalSelection | undefined => {
  const [these, others] = [statement.optionalResolved('Principal'), statement.optionalResolved('NotPrincipal')];
  const value = these ?? others;
  if (value === undefined) return undefined;
  const kind = these === undefined ? 'all-but-these' : 'these';
  if (value === '*') return { kind, aws: ['*'], services: ['*'] };
  const name = these === undefined ? 'NotPrincipal' : 'Principal';
  if (!isObject(value)) throw statement.invalid(name, '"*" or an object', value);
  const unknown = Object.keys(value).find((key) => !['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(key));
  if (unknown !== undefined) throw statement.invalid(name, 'of AWS, Service, Federated and CanonicalUser', value);
  const listOf = (key: string) => toStrings(value[key], () => statement.invalid(name, 'strings', value));
  return { kind, aws: listOf('AWS'), services: listOf('Service') };
};

const toStrings = (value: unknown, complain: () => Error): readonly string[] => {
  const list: readonly unknown[] = value === undefined ? [] : [value].flat();
  return list.map((entry) => {
    if (typeof entry === 'string' || typeof entry === 'boolean' || typeof entry === 'number') return String(entry);
    throw complain();
  });
};

const readConditions = (statement: PropertyReader, actions: Selection | undefined): readonly Condition[] => {
  const value = statement.optionalResolved('Condition') ?? {};
  if (!isObject(value)) throw statement.invalid('Condition', 'an object', value);
  const conditions = Object.entries(value).flatMap(([operator, keys]): readonly Condition[] => {
    if (!isObject(keys)) throw statement.invalid('Condition', 'an object of operators, each with its keys', value);
    return Object.entries(keys).map(([key, wanted]) => ({
      operator,
      key,
      values: toStrings(wanted, () => statement.invalid('Condition', 'values that are texts', wanted)),
    }));
  });
  if (!concernsThisMachine(actions)) return conditions;
  for (const condition of conditions) {
    const obstacle = findObstacle(condition);
    if (obstacle !== undefined)
      throw statement.invalid('Condition', `one that is known locally, not ${obstacle}`, value);
  }
  return conditions;
};

const concernsThisMachine = (actions: Selection | undefined): boolean =>
  actions?.kind !== 'these' ||
  actions.patterns.some((pattern) => {
    const service = pattern.split(':')[0] ?? '';
    return /[*?]/.test(service) || LOCAL_SERVICES.includes(service.toLowerCase());
  });
