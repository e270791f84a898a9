import keras
from keras import layers, ops
import tensorflow as tf

inputs = keras.Input((4,))
hidden = layers.Dense(3, activation='tanh')(inputs)
encoder = keras.Model(inputs, [layers.Dense(2)(hidden), layers.Dense(2)(hidden)], name='encoder')
decoder = keras.Sequential([keras.Input((2,)), layers.Dense(4, activation='sigmoid')], name='decoder')

class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.loss_tracker = keras.metrics.Mean(name='loss')

    @tf.function
    def train_step(self, data):
        with tf.GradientTape() as tape:
            mean, log_var = self.encoder(data, training=True)
            decoded = self.decoder(mean, training=True)
            entropies = keras.losses.binary_crossentropy(ops.expand_dims(data, -1), ops.expand_dims(decoded, -1))
            reconstruction = ops.mean(ops.sum(entropies, axis=1))
            kl = -0.5 * (1 + log_var - ops.square(mean) - ops.exp(log_var))
            kl = ops.mean(ops.sum(kl, axis=1))
            loss = reconstruction + kl
        weights = self.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        self.loss_tracker.update_state(loss)
        return {'loss': self.loss_tracker.result(), 'reconstruction_loss': reconstruction, 'kl_loss': kl}

vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.SGD(0.1))
