export interface ReadmeBlocks {
  /** Shell blocks, in order. */
  readonly shell: readonly string[];
  /** Blocks of code whose first line is a comment with their path. */
  readonly files: ReadonlyMap<string, string>;
}

/** The fenced blocks of a Markdown text. Fails for a block that nothing could run or check. */
export function readBlocks(markdown: string): ReadmeBlocks {
  const shell: string[] = [];
  const files = new Map<string, string>();
  for (const [, language, content = ''] of markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const [, path] = /^\/\/ (\S+\.ts)\n/.exec(content) ?? [];
    if (language === 'sh') {
      shell.push(content);
    } else if (language === 'ts' && path !== undefined) {
      files.set(path, content);
    } else {
      throw new Error(`A block of the README is neither shell nor a named file: ${content.slice(0, 80)}`);
    }
  }
  return { shell, files };
}
