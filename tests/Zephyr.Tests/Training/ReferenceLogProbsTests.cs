using Zephyr.Data;
using Zephyr.Training;
using static TorchSharp.torch;

namespace Zephyr.Tests.Training;

public class ReferenceLogProbsTests
{
    [Fact]
    public void Numbers_computed_once_equal_the_frozen_model_asked_each_time()
    {
        var (model, pairs) = (SmallRuns.Model(dtype: ScalarType.Float64), SmallRuns.Pairs());
        var batch = PairBatch.Of(pairs);

        var (known, live) = (ReferenceLogProbs.Compute(model, pairs, batchSize: 5).Of(pairs, batch), new FrozenReference(model).Of(pairs, batch));

        Assert.True(allclose(known.Chosen, live.Chosen, 1e-12, 1e-12));
        Assert.True(allclose(known.Rejected, live.Rejected, 1e-12, 1e-12));
        Assert.False(live.Chosen.requires_grad);
    }

    [Fact]
    public void A_second_computation_is_read_back_and_another_model_or_data_set_has_its_own()
    {
        using var folder = new TemporaryFolder();
        var (model, pairs) = (SmallRuns.Model(), SmallRuns.Pairs());
        var first = ReferenceLogProbs.Compute(model, pairs, folder.At());
        var file = Assert.Single(Directory.GetFiles(folder.At()));
        var written = File.GetLastWriteTimeUtc(file);

        var again = ReferenceLogProbs.Compute(model, pairs, folder.At());

        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
        Assert.Equal(pairs.Select(first.Known), pairs.Select(again.Known));
        Assert.NotEqual(first.Key, ReferenceLogProbs.Compute(SmallRuns.Model(2), pairs, folder.At()).Key);
        Assert.NotEqual(first.Key, ReferenceLogProbs.Compute(model, pairs[1..], folder.At()).Key);
        Assert.Equal(3, Directory.GetFiles(folder.At()).Length);
    }

    [Fact]
    public void A_pair_that_was_not_computed_is_refused()
    {
        var reference = ReferenceLogProbs.Compute(SmallRuns.Model(), SmallRuns.Pairs());

        Assert.Throws<ArgumentException>(() => reference.Known(SmallRuns.Pairs()[0])); // equal, but not the same
    }
}
