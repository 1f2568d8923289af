import { TemplateError } from './errors.ts';
import { isObject, type RawObject, type RawResource } from './raw-template.ts';
import type { ResolveIntrinsics } from './resolve-intrinsics.ts';

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads the properties of one resource, or of an object inside them. Every property must be read, or be named as one
 * without a local effect; `end` throws for any other. So a property that is new to a template is an error that names it
 * and never a difference between here and AWS that nobody sees.
 */
export class PropertyReader {
  readonly resource: RawResource;
  private readonly path: string;
  private readonly values: RawObject;
  private readonly resolve: ResolveIntrinsics;
  private readonly seen = new Set<string>();
  private readonly nested: PropertyReader[] = [];

  constructor(resource: RawResource, resolve: ResolveIntrinsics, values: RawObject = resource.properties, path = '') {
    this.resource = resource;
    this.resolve = resolve;
    this.values = values;
    this.path = path;
  }

  optionalString(name: string): string | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw this.invalid(name, 'a string', value);
    return value;
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.missing(name);
  }

  optionalInteger(name: string, range: IntegerRange): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (!Number.isInteger(number) || Number(number) < range.min || Number(number) > range.max) {
      throw this.invalid(name, `an integer from ${range.min} to ${range.max}`, value);
    }
    return Number(number);
  }

  integer(name: string, range: IntegerRange): number {
    return this.optionalInteger(name, range) ?? this.missing(name);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || value < 0) throw this.invalid(name, 'a number that is not negative', value);
    return value;
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.invalid(name, 'true or false', value);
  }

  /** A property that may only have values that the local runtime can stand for. */
  optionalLiteral<Value extends string>(name: string, allowed: readonly Value[]): Value | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) throw this.invalid(name, `one of ${allowed.join(', ')} (what runs locally)`, value);
    return found;
  }

  literal<Value extends string>(name: string, allowed: readonly Value[]): Value {
    return this.optionalLiteral(name, allowed) ?? this.missing(name);
  }

  optionalStrings(name: string): readonly string[] {
    const value = this.take(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.invalid(name, 'a list of strings', value);
    return value.map((element: unknown) => {
      if (typeof element !== 'string') throw this.invalid(name, 'a list of strings', value);
      return element;
    });
  }

  /** One text, or a list of them. */
  oneOrMoreStrings(name: string): readonly string[] | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    const list: readonly unknown[] = [value].flat();
    return list.map((element) => {
      if (typeof element !== 'string') throw this.invalid(name, 'a string or a list of strings', value);
      return element;
    });
  }

  /** A value of several shapes, which the caller tells apart. */
  optionalResolved(name: string): unknown {
    return this.take(name);
  }

  optionalObject(name: string): PropertyReader | undefined {
    const value = this.takeUnresolved(name);
    if (value === undefined) return undefined;
    return this.enter(name, value);
  }

  object(name: string): PropertyReader {
    return this.optionalObject(name) ?? this.missing(name);
  }

  objects(name: string): readonly PropertyReader[] {
    const value = this.takeUnresolved(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.invalid(name, 'a list', value);
    return value.map((element: unknown, position) => this.enter(`${name}[${position}]`, element));
  }

  /** An object whose keys are the author's own, such as a function's variables. */
  optionalStringMap(name: string): Readonly<Record<string, string>> {
    const value = this.take(name);
    if (value === undefined) return {};
    if (!isObject(value)) throw this.invalid(name, 'an object', value);
    return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
  }

  /** Names properties that change nothing on this machine. Their values are not resolved. */
  withoutLocalEffect(...names: readonly string[]): void {
    for (const name of names) this.seen.add(name);
  }

  /** Call it when everything was read. */
  end(): void {
    const unknown = Object.keys(this.values).find((name) => !this.seen.has(name));
    if (unknown !== undefined) {
      throw new TemplateError(
        'property-unknown',
        `${this.describe(unknown)} is not known to the local runtime, so what runs here would not be what is deployed.`,
      );
    }
    for (const reader of this.nested) reader.end();
  }

  /** An error about a property that was read: say what is expected and what came. */
  invalid(name: string, expected: string, value: unknown): TemplateError {
    return new TemplateError(
      'property-invalid',
      `${this.describe(name)} must be ${expected}, got ${JSON.stringify(value)}.`,
    );
  }

  /** What lies deeper resolves itself when it is read, so that what has no local effect need not be resolvable. */
  private takeUnresolved(name: string): unknown {
    this.seen.add(name);
    return this.values[name];
  }

  private take(name: string): unknown {
    const value = this.takeUnresolved(name);
    if (value === undefined) return undefined;
    try {
      return this.resolve(value);
    } catch (cause) {
      if (!(cause instanceof TemplateError)) throw cause;
      throw new TemplateError(cause.code, `${this.describe(name)}: ${cause.message}`, { cause });
    }
  }

  private enter(name: string, value: unknown): PropertyReader {
    if (!isObject(value)) throw this.invalid(name, 'an object', value);
    const reader = new PropertyReader(this.resource, this.resolve, value, `${this.path}${name}.`);
    this.nested.push(reader);
    return reader;
  }

  missing(name: string): never {
    throw new TemplateError('property-invalid', `${this.describe(name)} is missing.`);
  }

  private describe(name: string): string {
    return `Resource "${this.resource.logicalId}" (${this.resource.type}): property "${this.path}${name}"`;
  }
}
