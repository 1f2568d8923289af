import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: object) => unknown;

/** An error of the runtime itself, named as Lambda names it. */
class RuntimeError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

interface CompilingModule extends NodeJS.Module {
  _compile(source: string, path: string): void;
}

/**
 * On Lambda nothing lies above the code's directory. Here a `package.json` with `"type": "module"` may, and Node would
 * take the bundle's `.js` for a module. So without a `package.json` of its own the code is CommonJS, as it is there.
 */
const requireAsOnLambda = (taskRoot: string): NodeJS.Require => {
  const require = createRequire(join(taskRoot, 'index.js'));
  if (existsSync(join(taskRoot, 'package.json'))) return require;
  const original = require.extensions['.js'];
  require.extensions['.js'] = (module, path) => {
    if (path.startsWith(taskRoot)) (module as CompilingModule)._compile(readFileSync(path, 'utf8'), path);
    else original?.(module, path);
  };
  return require;
};

const loadModule = async (taskRoot: string, name: string): Promise<unknown> => {
  const path = ['.js', '.mjs', '.cjs'].map((ending) => join(taskRoot, `${name}${ending}`)).find(existsSync);
  if (path === undefined) {
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${name}' in ${taskRoot}`);
  }
  try {
    return path.endsWith('.mjs') ? await import(pathToFileURL(path).href) : requireAsOnLambda(taskRoot)(path);
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', String(cause), { cause });
    }
    if (cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', String(cause), { cause });
    }
    throw cause;
  }
};

/** Finds `<module>.<export>` in the code's directory; the module is loaded by this, which is the function's init phase. */
export const loadHandler = async (taskRoot: string, handlerName: string): Promise<Handler> => {
  const dot = handlerName.lastIndexOf('.');
  if (dot <= 0 || handlerName.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler "${handlerName}", expected "module.export"`);
  }
  const module = await loadModule(taskRoot, handlerName.slice(0, dot));
  const exported = handlerName.slice(dot + 1);
  const handler: unknown = Reflect.get(Object(module), exported);
  if (handler === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is not a function`);
  }
  if (handler.length >= 3) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      `${handlerName} takes a callback, which Lambda ended with nodejs24.x. Make it async.`,
    );
  }
  return handler as Handler;
};
