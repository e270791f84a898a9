import keras
import tensorflow as tf

class CustomModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name='loss')
        self.mae_metric = keras.metrics.MeanAbsoluteError(name='mae')
        self.loss_fn = keras.losses.MeanSquaredError()

    def train_step(self, data):
        if len(data) == 3:
            x, y, sample_weight = data
        else:
            sample_weight = None
            x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss_fn(y, y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.mae_metric.update_state(y, y_pred)
        return {m.name: m.result() for m in [self.loss_tracker, self.mae_metric]}

    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        self.loss_tracker.update_state(self.compute_loss(x, y, y_pred, sample_weight))
        self.mae_metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics if m.name != 'compile_metrics'}

inputs = keras.Input((2,))
outputs = keras.layers.Dense(1)(keras.layers.Dense(3, activation='tanh')(inputs))
model = CLASS(inputs, outputs)
model.compile(optimizer=keras.optimizers.SGD(0.1), loss='mse', metrics=METRICS)
