import { TemplateError } from './errors.ts';
import { isObject, type RawObject } from './raw-template.ts';

/** What intrinsic functions ask for: values of pseudo parameters, parameters and resources. */
export interface ReferenceSource {
  /** `Ref`: a pseudo parameter such as `AWS::Region`, a parameter, or a resource. */
  ref(name: string): string;
  /** `Fn::GetAtt` */
  attribute(logicalId: string, attribute: string): string;
  /** `Fn::ImportValue`: what another stack of the app exports. */
  importValue(name: string): unknown;
}

export type ResolveIntrinsics = (value: unknown) => unknown;

type Intrinsic = (argument: unknown, resolve: ResolveIntrinsics, source: ReferenceSource) => unknown;

const invalid = (name: string, expected: string, argument: unknown): TemplateError =>
  new TemplateError('template-invalid', `${name} expects ${expected}, got ${JSON.stringify(argument)}.`);

const toText = (value: unknown, name: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid(name, 'strings', value);
};

const getAttribute = (argument: unknown, source: ReferenceSource): string => {
  const [logicalId, ...path] =
    typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? argument : [];
  if (typeof logicalId !== 'string' || path.length === 0 || !path.every((part) => typeof part === 'string')) {
    throw invalid('Fn::GetAtt', 'a logical id and an attribute name', argument);
  }
  return source.attribute(logicalId, path.join('.'));
};

const substitute = (text: string, variables: RawObject, resolve: ResolveIntrinsics, source: ReferenceSource): string =>
  text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, rawName: string) => {
    const name = rawName.trim();
    if (literal === '!') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return toText(resolve(variables[name]), 'Fn::Sub');
    return name.includes('.') ? getAttribute(name, source) : source.ref(name);
  });

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, _resolve, source) => {
    if (typeof argument !== 'string') throw invalid('Ref', 'a name', argument);
    return source.ref(argument);
  },
  'Fn::GetAtt': (argument, _resolve, source) => getAttribute(argument, source),
  'Fn::ImportValue': (argument, resolve, source) => source.importValue(toText(resolve(argument), 'Fn::ImportValue')),
  'Fn::Join': (argument, resolve) => {
    const [delimiter, list] = Array.isArray(argument) ? argument : [];
    const parts = resolve(list);
    if (typeof delimiter !== 'string' || !Array.isArray(parts)) {
      throw invalid('Fn::Join', 'a delimiter and a list', argument);
    }
    return parts.map((part) => toText(part, 'Fn::Join')).join(delimiter);
  },
  'Fn::Sub': (argument, resolve, source) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    if (typeof text !== 'string' || !isObject(variables)) {
      throw invalid('Fn::Sub', 'a string, or a string and variables', argument);
    }
    return substitute(text, variables, resolve, source);
  },
  'Fn::Select': (argument, resolve) => {
    const [index, list] = Array.isArray(argument) ? argument : [];
    const values = resolve(list);
    const position = Number(index);
    if (!Array.isArray(values) || !Number.isInteger(position) || !(position in values)) {
      throw invalid('Fn::Select', 'an index and a list that has it', argument);
    }
    return values[position];
  },
  'Fn::Split': (argument, resolve) => {
    const [delimiter, source] = Array.isArray(argument) ? argument : [];
    const text = resolve(source);
    if (typeof delimiter !== 'string' || typeof text !== 'string') {
      throw invalid('Fn::Split', 'a delimiter and a string', argument);
    }
    return text.split(delimiter);
  },
};

const isIntrinsicName = (name: string): boolean => name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');

/**
 * Replaces every intrinsic function in a value, however deep. One that is not in the table above is an error: half of a
 * resolved value would run as something that was never deployed.
 */
export const createIntrinsicsResolver = (source: ReferenceSource): ResolveIntrinsics => {
  const resolve: ResolveIntrinsics = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    if (!isObject(value)) return value;
    const [first, ...others] = Object.entries(value);
    if (first !== undefined && others.length === 0 && isIntrinsicName(first[0])) {
      const intrinsic = INTRINSICS[first[0]];
      if (intrinsic === undefined) {
        const known = Object.keys(INTRINSICS).join(', ');
        throw new TemplateError('intrinsic-unknown', `${first[0]} is not resolved locally; known are ${known}.`);
      }
      return intrinsic(first[1], resolve, source);
    }
    return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, resolve(nested)]));
  };
  return resolve;
};
