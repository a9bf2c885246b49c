using Zephyr.Model;
using Zephyr.Runtime;

namespace Zephyr.Recipe;

/// <summary>Numbers and products of a plan, counted from its shapes.</summary>
internal sealed class ShapeCount(TrainingPlan plan, bool keepsScores)
{
    private readonly MistralConfig _model = plan.Model;

    private long Width => (long)_model.Heads * _model.HeadSize;

    private long KvWidth => (long)_model.KvHeads * _model.HeadSize;

    /// <summary>Tokens in memory at a time.</summary>
    public long Tokens => (long)plan.Rows * plan.RowLength;

    /// <summary>Weights of the linear layers of one block.</summary>
    public long BlockLinear => (_model.HiddenSize * ((2 * Width) + (2 * KvWidth))) + (3L * _model.HiddenSize * _model.FeedForwardSize);

    /// <summary>Weights of the head, which may be the embedding's.</summary>
    public long Head => (long)_model.HiddenSize * _model.VocabSize;

    /// <summary>Weights of adapters on the seven linear layers of every block: rank · (inputs + outputs) each.</summary>
    public long Adapters
    {
        get
        {
            var (hidden, forward) = ((long)_model.HiddenSize, (long)_model.FeedForwardSize);
            var attention = (2 * (hidden + Width)) + (2 * (hidden + KvWidth));
            return (plan.AdapterRank ?? 0) * _model.Layers * (attention + (3 * (hidden + forward)));
        }
    }

    /// <summary>Weights that the optimizer moves.</summary>
    public long Trained => plan.AdapterRank is null ? _model.ParameterCount : Adapters;

    /// <summary>Bytes of a trained weight, of its gradient, and of each of the optimizer's means.</summary>
    public int TrainedSize => plan.AdapterRank is not null ? 4 : StreamSize;

    /// <summary>Bytes of a number of the residual stream: the weights' own type.</summary>
    public int StreamSize => plan.Weights is WeightForm.Plain or WeightForm.Masters ? 4 : 2;

    /// <summary>Bytes of a number in the products.</summary>
    public int ComputeSize => plan.Weights == WeightForm.Plain ? 4 : 2;

    /// <summary>Bytes of the model itself.</summary>
    public long ModelBytes
    {
        get
        {
            var linear = BlockLinear * _model.Layers;
            return plan.Weights == WeightForm.Nf4
                ? (linear / 2) + (linear / 64) + (4 * linear / (64 * 256)) + (2 * (_model.ParameterCount - linear)) // codes, 8-bit maxima, maxima of those
                : StreamSize * _model.ParameterCount;
        }
    }

    /// <summary>Bytes that the backward pass of one block needs from its forward pass, its own input included.</summary>
    public long BlockActivations
    {
        get
        {
            var stream = 2L * _model.HiddenSize * StreamSize;                                    // before each norm
            var normed = 2L * _model.HiddenSize * ComputeSize;                                   // into the projections
            var attention = ((2 * Width) + (2 * KvWidth)) * ComputeSize;                         // query, key, value, what was read
            var forward = 4L * _model.FeedForwardSize * ComputeSize;                             // gate, silu(gate), up, their product
            var inner = 7L * (plan.AdapterRank ?? 0) * 4;                                        // between the halves of adapters
            return (Tokens * (stream + normed + attention + forward + inner)) + Scores;
        }
    }

    /// <summary>Bytes that come and go while a block's gradients are made.</summary>
    public long BlockWork => (Tokens * ((3L * _model.FeedForwardSize * ComputeSize) + (2L * _model.HiddenSize * StreamSize))) + Scores;

    /// <summary>Bytes of one block's weights in the type of the products, where they lie in another.</summary>
    public long BlockCasts => plan.Weights switch
    {
        WeightForm.Masters => BlockLinear * 2,
        WeightForm.Nf4 => 2L * _model.HiddenSize * Math.Max(_model.FeedForwardSize, Width), // one layer at a time
        _ => 0,
    };

    /// <summary>Bytes from the last block to the loss: log-probabilities and two gradients of each of the logits that exist at a time, the head's cast, and its gradient before it is added.</summary>
    public long Logits
    {
        get
        {
            var atOnce = plan.Memory.TokensAtOnce((int)Math.Min(int.MaxValue, Tokens), _model.VocabSize);
            var table = (long)atOnce * _model.VocabSize * (ComputeSize == 2 ? 14 : 12);
            var cast = plan.Weights == WeightForm.Masters ? Head * 2 : 0;
            var gradient = plan.AdapterRank is null ? Head * ComputeSize : 0;
            return table + cast + gradient + (Tokens * _model.HiddenSize * (2 * StreamSize));
        }
    }

    /// <summary>Products of one token, forward, backward and forward again, as floating-point operations.</summary>
    public double FlopsPerToken
    {
        get
        {
            var blocks = _model.Layers * ((2.0 * BlockLinear) + (4.0 * Width * plan.RowLength * (keepsScores ? 1 : 0.5)));
            var head = 2.0 * Head;
            var chunked = plan.Memory.TokensAtOnce((int)Math.Min(int.MaxValue, Tokens), _model.VocabSize) < Tokens;
            var backward = plan.AdapterRank is null ? 2 : 1; // frozen weights need no gradient of their own
            return ((1 + backward + (plan.Memory.RecomputeBlocks ? 1 : 0)) * blocks) + ((1 + backward + (chunked ? 1 : 0)) * head) + (6.0 * Adapters);
        }
    }

    private long Scores
    {
        get
        {
            var whole = (long)plan.Rows * _model.Heads * plan.RowLength * plan.RowLength * ComputeSize;
            return keepsScores && whole <= Ops.LargestScores ? whole : 0;
        }
    }
}
