// `recurra/applications`: networks of images, and their weights of ImageNet.

export * from './applications/index.ts'
