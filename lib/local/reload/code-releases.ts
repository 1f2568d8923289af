import type { Bundle, BundleOrigin } from '../../bundle/index.ts';
import type { CodeTrial } from '../lambda/code-trial.ts';
import { CodeStore, hasSameCode } from './code-store.ts';
import type { LabeledRefusal } from './describe-refusals.ts';

/** A function whose code is made of files that somebody may edit. */
export interface ReloadTarget {
  /** As its log lines name it. */
  readonly label: string;
  readonly origin: BundleOrigin;
  /** Where its code lies at first. */
  readonly codeDirectory: string;
  /** Starts one environment on this code; it serves nothing until the code is adopted. */
  readonly tryCode: (codeDirectory: string, signal: AbortSignal) => Promise<ReloadTrial>;
}

export type ReloadTrial =
  | (Pick<Extract<CodeTrial, { readonly kind: 'loaded' }>, 'kind' | 'discard'> & {
      /** Resolves once nothing runs on the code before. */
      readonly adopt: () => Promise<void>;
    })
  | Exclude<CodeTrial, { readonly kind: 'loaded' }>;

export interface Built {
  readonly target: ReloadTarget;
  readonly bundle: Bundle;
}

export interface Offer {
  readonly built: readonly Built[];
  /** Whether it may take over once it is loaded. Never rejects. */
  readonly mayRun: Promise<boolean>;
  readonly signal: AbortSignal;
}

export type Release =
  /** Empty where every bundle is what runs already. */
  | { readonly kind: 'adopted'; readonly labels: readonly string[] }
  | { readonly kind: 'refused'; readonly refusals: readonly LabeledRefusal[] }
  /** It loads, and may not run. */
  | { readonly kind: 'held' }
  /** The signal came first. */
  | { readonly kind: 'given-up' };

/**
 * What each function runs, and how new code takes its place: once an environment of every function that it is for has loaded
 * it. One function may not run what another cannot: they share job types.
 */
export class CodeReleases {
  private readonly store: CodeStore;
  private readonly running = new Map<ReloadTarget, string>();
  /** Of the last release, where it was not adopted: a refusal is explained by the map that lies beside the code. */
  private refused: readonly string[] = [];

  /** @param directory takes the new bundles */
  constructor(directory: string) {
    this.store = new CodeStore(directory);
  }

  /** One at a time. */
  async offer({ built, mayRun, signal }: Offer): Promise<Release> {
    await Promise.all(this.refused.map((directory) => this.store.remove(directory)));
    this.refused = [];
    const candidates = [];
    for (const { target, bundle } of built) {
      const before = this.running.get(target) ?? target.codeDirectory;
      if (await hasSameCode(before, bundle)) continue;
      candidates.push({ target, before, directory: await this.store.write(target.origin.name, bundle) });
    }
    const tried = await Promise.all(
      candidates.map(async (candidate) => ({
        ...candidate,
        trial: await candidate.target.tryCode(candidate.directory, signal),
      })),
    );
    const isLoaded = tried.every(({ trial }) => trial.kind === 'loaded');
    const isAllowed = await mayRun;
    if (isLoaded && isAllowed && !signal.aborted) {
      for (const { target, before, directory, trial } of tried) {
        if (trial.kind !== 'loaded') continue;
        this.running.set(target, directory);
        trial
          .adopt()
          .then(() => this.store.remove(before))
          .catch(() => {});
      }
      return { kind: 'adopted', labels: tried.map(({ target }) => target.label) };
    }
    const refusals = tried.flatMap(({ target: { label, origin }, trial }) =>
      trial.kind === 'refused' ? [{ label, origin, refusal: trial }] : [],
    );
    this.refused = tried.map(({ directory }) => directory);
    await Promise.all(tried.flatMap(({ trial }) => (trial.kind === 'loaded' ? [trial.discard()] : [])));
    if (refusals.length > 0) return { kind: 'refused', refusals };
    return { kind: isAllowed ? 'given-up' : 'held' };
  }
}
