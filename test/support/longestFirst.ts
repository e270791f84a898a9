import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, by what they took, so that none of them runs alone at the end. */
const longest = [
  'test/golden.test.ts',
  'test/outside/examples.test.ts',
  'test/ops/launches.test.ts',
  'test/docs/programs.test.ts',
  'test/ops/lstm.test.ts',
  'test/package.test.ts',
  'test/ops/maskedRecurrence.test.ts',
  'test/ops/autocast.test.ts',
  'test/demo/gallery.test.ts',
  'test/demo/problems.test.ts',
  'test/api/hovers.test.ts',
  'test/layers/cell.test.ts',
  'test/peers.test.ts',
  'test/ops/gru.test.ts',
  'test/ops/gruResetBefore.test.ts',
  'test/errors/fuzz.test.ts',
  'test/layers/embeddingUpdates.test.ts',
  'test/formats/eject.test.ts',
  'test/shaders/recurrence.test.ts',
  'test/ops/convLstm.test.ts',
  'test/ops/f16Kernel.test.ts',
  'test/training/losses.test.ts',
  'test/ops/matmul.test.ts',
  'test/steps.test.ts',
  'test/formats/operations.test.ts',
  'test/outside/published.test.ts',
  'test/ops/lstmDirections.test.ts',
  'test/models/randomGraphs.test.ts',
  'test/bundles.test.ts',
]

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longest.findIndex((file) => moduleId.endsWith(file))
  return rank < 0 ? longest.length : rank
}

/** Projects that share processes first, which end where another project's file is next; in each the longest first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(files)
    const isOwn = ({ project }: TestSpecification): number => Number(project.config.isolate)
    return bySize.sort((a, b) => isOwn(a) - isOwn(b) || rankOf(a) - rankOf(b))
  }
}
