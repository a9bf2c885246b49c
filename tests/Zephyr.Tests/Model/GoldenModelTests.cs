using System.Text.Json;
using TorchSharp;
using Zephyr.Checkpoints;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Tests.Model;

/// <summary>Against the reference implementation's numbers, computed in double, on small decoders made for this project.</summary>
[Trait("Golden", "yes")]
public sealed class GoldenModelTests
{
    public static TheoryData<string> Cases => GoldenFiles.Cases("model", "truth.safetensors");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_and_loss_are_within_rounding_of_the_truth(string name)
    {
        using var scope = NewDisposeScope();
        var (model, rows, truth) = (Load(name), Read(name, "forward"), Read(name, "truth"));

        var logits = model.call(rows["input_ids"], null);

        var keep = rows["attention_mask"].unsqueeze(-1).to(ScalarType.Float32);
        Close.To(truth["logits"], logits * keep, 2e-5);
        Assert.Equal(truth["loss"].item<float>(), Loss(logits, rows["labels"]).item<float>(), 2e-5f);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_gradient_is_within_a_hundred_thousandth_of_its_norm(string name)
    {
        using var scope = NewDisposeScope();
        var (model, rows, truth) = (Load(name), Read(name, "forward"), Read(name, "truth"));

        Loss(model.call(rows["input_ids"], null), rows["labels"]).backward();

        var wanted = truth.Where(pair => pair.Key.StartsWith("grad.", StringComparison.Ordinal)).ToDictionary(pair => pair.Key[5..], pair => pair.Value);
        Assert.Equal(wanted.Keys.Order(), model.named_parameters().Select(pair => pair.name).Order());
        foreach (var (parameter, weight) in model.named_parameters())
        {
            var gap = (weight.grad! - wanted[parameter]).norm() / wanted[parameter].norm();
            Assert.True(gap.item<float>() < 1e-5, $"{parameter}: {gap.item<float>():e1}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hooks_on_the_blocks_see_the_hidden_states(string name)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (model, rows) = (Load(name), Read(name, "forward"));
        var seen = new List<Tensor>();
        Tensor Keep<TModule, TInput>(TModule module, TInput input, Tensor output)
        {
            seen.Add(output.alias().DetachFromDisposeScope());
            return null!;
        }

        model.Decoder.Embedding.register_forward_hook((module, input, output) => Keep(module, input, output));
        foreach (var block in model.Decoder.Blocks)
        {
            block.register_forward_hook((module, input, context, output) => Keep(module, input, output));
        }

        seen.Add(model.Hidden(rows["input_ids"]));

        var keep = rows["attention_mask"].unsqueeze(-1).to(ScalarType.Float32);
        seen.RemoveAt(seen.Count - 2); // the reference records the last block only after the final norm
        Assert.Equal(model.Config.Layers + 1, seen.Count);
        for (var layer = 0; layer < seen.Count; layer++)
        {
            Close.To(rows[$"hidden.{layer}"], seen[layer] * keep, 2e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Left_padding_with_a_layout_changes_no_logit(string name)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (model, rows, truth) = (Load(name), Read(name, "forward"), Read(name, "truth"));
        var (ids, mask) = (rows["input_ids"].clone(), rows["attention_mask"].clone());
        for (var row = 0; row < ids.shape[0]; row++)
        {
            var shift = ids.shape[1] - mask[row].sum().item<long>();
            (ids[row], mask[row]) = (ids[row].roll(shift), mask[row].roll(shift));
        }

        var logits = model.call(ids, TokenLayout.Padded(mask));

        for (var row = 0; row < ids.shape[0]; row++)
        {
            var length = mask[row].sum().item<long>();
            Close.To(truth["logits"][row].narrow(0, 0, length), logits[row].narrow(0, ids.shape[1] - length, length), 2e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Packed_documents_do_not_read_each_other(string name)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var (model, packed) = (Load(name), Read(name, "packed"));
        var numbers = packed["document_lengths"].data<long>().SelectMany((length, index) => Enumerable.Repeat(index + 1L, (int)length)).ToArray();
        var layout = TokenLayout.Packed(tensor(numbers).unsqueeze(0));
        Assert.Equal(packed["position_ids"].data<long>().ToArray(), layout.Positions.data<long>().ToArray());

        Close.To(packed["logits"], model.call(packed["packed_ids"], layout)[0], 2e-5);
        Close.To(packed["logits_if_borders_are_ignored"], model.call(packed["packed_ids"], null)[0], 2e-5);
        Assert.True((packed["logits"] - packed["logits_if_borders_are_ignored"]).abs().max().item<float>() > 1);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_configuration_of_2023_reads_as_that_of_today(string name)
    {
        var today = MistralConfig.Read(GoldenFiles.At("model", name, "hf"));

        Assert.Equal(today, MistralConfig.Read(GoldenFiles.At("model", name, "config-2023.json")));
        using var summary = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.At("model", name, "summary.json")));
        Assert.Equal(summary.RootElement.GetProperty("parameters").GetInt64(), today.ParameterCount);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Shards_in_bf16_hold_the_rounded_weights_and_give_their_logits(string name)
    {
        using var scope = NewDisposeScope();
        using var none = no_grad();
        var rows = Read(name, "forward-bf16");
        var keep = rows["attention_mask"].unsqueeze(-1).to(ScalarType.Float32);
        var shards = GoldenFiles.At("model", name, "hf-bf16-sharded");
        using var half = Mistral.Load(shards);
        using var full = Mistral.Load(shards, dtype: ScalarType.Float32);
        Assert.Equal((ScalarType.BFloat16, ScalarType.Float32), (half.WeightType, full.WeightType));
        foreach (var ((parameter, weight), (_, whole)) in half.named_parameters().Zip(Load(name).named_parameters()))
        {
            Assert.True(weight.eq(whole.to(ScalarType.BFloat16)).all().item<bool>(), parameter);
        }

        var truth = rows["logits_fp32_on_bf16_weights"];
        Close.To(truth, full.call(rows["input_ids"], null) * keep, 2e-5);
        var reference = (rows["logits_bf16"] - truth).abs().max().item<float>();
        var ours = (half.call(rows["input_ids"], null).to(ScalarType.Float32) * keep - truth).abs().max().item<float>();
        Assert.True(ours <= 2 * reference, $"bf16 logits are {ours} away, the reference's own {reference}");
    }

    private static Mistral Load(string name) => Mistral.Load(GoldenFiles.At("model", name, "hf"));

    private static Dictionary<string, Tensor> Read(string name, string file) => Safetensors.Read(GoldenFiles.At("model", name, file + ".safetensors"));

    private static Tensor Loss(Tensor logits, Tensor labels)
    {
        var (scores, targets) = (logits.narrow(1, 0, logits.shape[1] - 1), labels.narrow(1, 1, labels.shape[1] - 1));
        return nn.functional.cross_entropy(scores.reshape(-1, scores.shape[2]), targets.reshape(-1), ignore_index: -100);
    }
}
