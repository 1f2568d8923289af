import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Annotations, AssetHashType, DockerImage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { buildBundle, type FunctionName, type JobFolders, ownSources } from '../bundle/index.ts';

/**
 * A function's code as an asset directory with `index.js` and its map, named by its content. It goes through CDK's own
 * bundling, so a command that needs no assets (`cdk list`) bundles nothing.
 */
export function bundledCode(scope: Construct, name: FunctionName, jobs: JobFolders): Code {
  const tryBundle = (outputDirectory: string): boolean => {
    const bundle = buildBundle({
      name,
      sources: ownSources(),
      jobs: jobs.complete,
      projectDirectory: process.cwd(),
    });
    for (const warning of bundle.warnings) {
      Annotations.of(scope).addWarningV2('async-endpoints:bundle', `${name} function: ${warning}`);
    }
    for (const [file, content] of bundle.files) writeFileSync(join(outputDirectory, file), content);
    return true;
  };
  return Code.fromAsset(jobs.directory, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: bundling is always local. The type asks for one.
      image: DockerImage.fromRegistry('scratch'),
      // CDK caches an asset by its source and its command; without this the three functions would share one bundle.
      command: [name],
      local: { tryBundle },
    },
  });
}
