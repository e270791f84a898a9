import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, by what they took, so that none of them runs alone at the end. */
const longest = [
  'test/golden.test.ts',
  'test/ops/launches.test.ts',
  'test/ops/lstm.test.ts',
  'test/package.test.ts',
  'test/demo/gallery.test.ts',
  'test/layers/embeddingUpdates.test.ts',
  'test/ops/autocast.test.ts',
  'test/ops/maskedRecurrence.test.ts',
  'test/bundles.test.ts',
  'test/ops/lstmDirections.test.ts',
  'test/api/hovers.test.ts',
  'test/steps.test.ts',
  'test/ops/matmul.test.ts',
  'test/demo/problems.test.ts',
  'test/ops/gru.test.ts',
  'test/ops/f16Kernel.test.ts',
  'test/shaders/recurrence.test.ts',
  'test/layers/bidirectional.test.ts',
  'test/ops/matmulBatches.test.ts',
  'test/models/randomGraphs.test.ts',
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
