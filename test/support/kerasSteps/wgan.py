import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

def net(outputs, name):
    return keras.Sequential([keras.Input((2,)), layers.Dense(3, activation='tanh'), layers.Dense(outputs)], name=name)

class WGAN(keras.Model):
    def __init__(self, discriminator, generator, gp_weight=10.0):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.gp_weight = gp_weight

    def compile(self, d_optimizer, g_optimizer):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer

    def gradient_penalty(self, real, fake):
        interpolated = real + 0.3 * (fake - real)
        with tf.GradientTape() as gp_tape:
            gp_tape.watch(interpolated)
            pred = self.discriminator(interpolated, training=True)
        grads = gp_tape.gradient(pred, [interpolated])[0]
        norm = tf.sqrt(tf.reduce_sum(tf.square(grads), axis=[1]))
        return tf.reduce_mean((norm - 1.0) ** 2)

    def train_step(self, data):
        real, noise = data
        with tf.GradientTape() as tape:
            fake = self.generator(noise, training=True)
            cost = tf.reduce_mean(self.discriminator(fake)) - tf.reduce_mean(self.discriminator(real))
            gp = self.gradient_penalty(real, fake)
            d_loss = cost + gp * self.gp_weight
        d_gradient = tape.gradient(d_loss, self.discriminator.trainable_variables)
        self.d_optimizer.apply_gradients(zip(d_gradient, self.discriminator.trainable_variables))
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(self.discriminator(self.generator(noise, training=True)))
        gen_gradient = tape.gradient(g_loss, self.generator.trainable_variables)
        self.g_optimizer.apply_gradients(zip(gen_gradient, self.generator.trainable_variables))
        return {"d_loss": d_loss, "g_loss": g_loss, "penalty": gp}

generator = net(2, 'generator')
discriminator = net(1, 'discriminator')
wgan = WGAN(discriminator=discriminator, generator=generator, gp_weight=2.0)
wgan.compile(
    d_optimizer=keras.optimizers.SGD(learning_rate=0.02),
    g_optimizer=keras.optimizers.SGD(learning_rate=0.05),
)
