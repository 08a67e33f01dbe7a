import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest where nothing is known of earlier runs, such as in a fresh checkout; the longest first. */
const longest = [
  'test/start/local-run.e2e-spec.ts',
  'test/services/installer-users.e2e-spec.ts',
  'test/services/installer-archives.e2e-spec.ts',
  'test/start/local-run-keep.e2e-spec.ts',
  'test/start/local-run-stop.e2e-spec.ts',
  'test/start/set-up.e2e-spec.ts',
  'test/access/walk.e2e-spec.ts',
  'test/bad-input/protocol.e2e-spec.ts',
  'test/bad-input/addresses.e2e-spec.ts',
  'test/bad-input/bodies.e2e-spec.ts',
  'test/jobs/events.e2e-spec.ts',
  'test/revocation/warm.e2e-spec.ts',
  'test/revocation/stale.e2e-spec.ts',
  'test/accounts/enumeration.e2e-spec.ts',
  'test/auth/commands.e2e-spec.ts',
  'test/processes/api.e2e-spec.ts',
  'test/services/gateway-engine-loss.e2e-spec.ts',
  'test/health/dependencies.e2e-spec.ts',
];

/** A long file that began last would run on alone: they begin first. Within the rest vitest's own order stays. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => this.rankOf(a) - this.rankOf(b));
  }

  private rankOf({ moduleId, project }: TestSpecification): number {
    // One project after the other: a worker that goes from one to the other and back begins anew each time.
    if (project.name !== 'e2e') return longest.length + 1;
    const rank = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
    return rank === -1 ? longest.length : rank;
  }
}
