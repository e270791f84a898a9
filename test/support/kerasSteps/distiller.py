import keras
from keras import ops

student = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, kernel_regularizer='l2')], name='student')
teacher = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)], name='teacher')

class Distiller(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.teacher = teacher
        self.student = student

    def compile(self, optimizer, metrics, student_loss_fn, distillation_loss_fn, alpha=0.1, temperature=3):
        super().compile(optimizer=optimizer, metrics=metrics, loss=student_loss_fn)
        self.distillation_loss_fn = distillation_loss_fn
        self.alpha = alpha
        self.temperature = temperature

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, allow_empty=False):
        taught = ops.softmax(self.teacher(x, training=False) / self.temperature, axis=1)
        student_loss = super().compute_loss(x, y, y_pred, sample_weight)
        distilled = self.distillation_loss_fn(taught, ops.softmax(y_pred / self.temperature, axis=1)) * self.temperature**2
        return self.alpha * student_loss + (1 - self.alpha) * distilled

    def call(self, x):
        return self.student(x)

teacher.trainable = False
distiller = Distiller(student, teacher)
distiller.compile(
    optimizer=keras.optimizers.SGD(0.1),
    metrics=['accuracy'],
    student_loss_fn=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    distillation_loss_fn=keras.losses.KLDivergence(),
    alpha=0.3,
    temperature=3,
)
