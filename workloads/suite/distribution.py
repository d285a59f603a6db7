"""What MirroredStrategy costs: a training step on one device, and shared by two virtual CPUs."""

from _mlp import trained, weights
from _mnist import PIXELS, images_and_labels
from _tensorflow import run_replicas, tf, virtual_cpus

CASES = {name: {"replicas": count} for name, count in (("one_device", 1), ("mirrored", 2))}
SINCE = "2.0"
TAGS = ["distribution", "training"]
TOLERANCE = 1e-4
BATCH, RATE = 64, 0.01


def build(replicas):
    """Return the step; it returns a loss, and how to get at the weights that it left."""
    devices = virtual_cpus(replicas)
    images, labels = images_and_labels(BATCH)
    if replicas == 1:
        strategy = tf.distribute.OneDeviceStrategy(devices[0])
    else:
        strategy = tf.distribute.MirroredStrategy(devices)
    with strategy.scope():
        w = [tf.Variable(v, aggregation=tf.VariableAggregation.MEAN) for v in weights()]
    x = tf.reshape(images, [replicas, -1, PIXELS])
    y = tf.reshape(labels, [replicas, -1])

    def train():
        mine = tf.distribute.get_replica_context().replica_id_in_sync_group
        with tf.GradientTape() as tape:
            loss = loss_of(w, tf.gather(x, mine), tf.gather(y, mine))
        for variable, slope in zip(w, tape.gradient(loss, w)):
            variable.assign_sub(RATE * slope)  # of the mean over the replicas
        return loss

    @tf.function
    def step():
        losses = run_replicas(strategy, train)
        return strategy.reduce(tf.distribute.ReduceOp.MEAN, losses, axis=None)

    return lambda: (step().numpy(), w[2].numpy)


def loss_of(w, x, y):
    """Return the mean loss of the network."""
    logits = tf.matmul(tf.nn.relu(tf.matmul(x, w[0]) + w[1]), w[2]) + w[3]
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))


def outputs(result):
    """Return what is compared; the weights are fetched here, outside the timing of the step."""
    loss, kernel = result
    return {"loss": loss, "kernel": kernel()}


def reference(**_replicas):
    """Return the truth, in float64: that of the whole batch, however it was shared."""
    images, labels = images_and_labels(BATCH)
    first = [value.astype("float64") for value in weights()]
    loss, after = trained(first, images.astype("float64"), labels, RATE)
    return {"loss": loss, "kernel": after[2]}
