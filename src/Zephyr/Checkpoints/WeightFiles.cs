using Zephyr.Model;
using Zephyr.Quantization;
using static TorchSharp.torch;

namespace Zephyr.Checkpoints;

/// <summary>The weights of a model folder, mapped: one file, or shards with an index.</summary>
internal sealed class WeightFiles : IDisposable
{
    private const string Embedding = "model.embed_tokens.weight", Head = "lm_head.weight";

    private readonly string _folder;
    private readonly List<MappedSafetensors> _files = [];
    private readonly Dictionary<string, (MappedSafetensors File, SafetensorsEntry Entry)> _tensors = [];

    public WeightFiles(string folder)
    {
        _folder = folder;
        var (whole, index) = (Path.Combine(folder, MistralCheckpoint.OneFile), Path.Combine(folder, MistralCheckpoint.IndexFile));
        if (File.Exists(whole))
        {
            Add(whole, null);
            return;
        }

        if (!File.Exists(index))
        {
            throw new FileNotFoundException($"{folder} holds neither {MistralCheckpoint.OneFile} nor {MistralCheckpoint.IndexFile}.", whole);
        }

        var map = ShardIndex.Read(index);
        foreach (var shard in map.Values.Distinct().Order(StringComparer.Ordinal))
        {
            Add(Path.Combine(folder, shard), map);
        }

        if (map.Keys.Where(name => !_tensors.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray() is [var first, ..] lost)
        {
            throw new InvalidDataException($"{index} places {lost.Length} tensors in shards that lack them, first \"{first}\" in {map[first]}. Is the download complete?");
        }
    }

    /// <summary>The type that the weights are kept in.</summary>
    public ScalarType Type => _tensors.TryGetValue(Embedding, out var found)
        ? Safetensors.TypeOf(found.Entry, _folder)
        : throw new InvalidDataException($"{_folder} lacks {Embedding}. Is this a decoder's checkpoint?");

    /// <summary>Copies every weight into the model; each must be there once, in the model's shape, and nothing else.</summary>
    /// <param name="model">The model, plain.</param>
    /// <param name="packNf4">Pack every linear layer but the output head, straight from the file, instead of copying it.</param>
    public void Fill(Mistral model, bool packNf4 = false)
    {
        using var none = no_grad();
        var parameters = model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        CheckNames([.. parameters.Keys], model.Config);
        var packed = packNf4 ? model.Projections().Where(found => found.Name != LinearLayer.Head).ToDictionary(found => $"{found.Name}.weight", found => found.Layer) : [];
        foreach (var (name, parameter) in parameters)
        {
            var (file, entry) = _tensors[name];
            if (!entry.Shape.SequenceEqual(parameter.shape))
            {
                throw new InvalidDataException($"{_folder}: {name} is [{string.Join(", ", entry.Shape)}] in the file but [{string.Join(", ", parameter.shape)}] by config.json.");
            }

            if (packed.TryGetValue(name, out var layer))
            {
                using var scope = NewDisposeScope();
                layer.Pack(Nf4Tensor.Quantise(file.View(entry).to(parameter.dtype)).To(parameter.device));
            }
            else
            {
                file.CopyInto(entry, parameter);
            }
        }
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void Add(string path, Dictionary<string, string>? map)
    {
        var file = new MappedSafetensors(path);
        _files.Add(file);
        foreach (var entry in file.Header.Entries)
        {
            if (map is not null && map.GetValueOrDefault(entry.Name) != Path.GetFileName(path))
            {
                throw new InvalidDataException($"{path} holds \"{entry.Name}\", which the index places in {map.GetValueOrDefault(entry.Name) ?? "no shard"}.");
            }

            _tensors[entry.Name] = (file, entry);
        }
    }

    private void CheckNames(string[] wanted, MistralConfig config)
    {
        if (wanted.Where(name => !_tensors.ContainsKey(name)).ToArray() is [_, ..] lacking)
        {
            throw new InvalidDataException($"{_folder} lacks {lacking.Length} of {wanted.Length} tensors: {Some(lacking)}."
                + (lacking is [Head] ? " Is this a model with tied weights (tie_word_embeddings)?" : ""));
        }

        // Old checkpoints also hold the rotary frequencies, which follow from the configuration.
        var extra = _tensors.Keys.Except(wanted).Where(name => !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)).ToList();
        if (config.TieEmbeddings && extra.Remove(Head))
        {
            CheckTied();
        }

        if (extra.Count > 0)
        {
            throw new InvalidDataException($"{_folder} holds {extra.Count} tensors that this model does not have: {Some(extra)}.");
        }
    }

    private void CheckTied()
    {
        using var scope = NewDisposeScope();
        var (head, embedding) = (_tensors[Head], _tensors[Embedding]);
        if (!head.Entry.Shape.SequenceEqual(embedding.Entry.Shape) || !head.File.Copy(head.Entry).eq(embedding.File.Copy(embedding.Entry)).all().item<bool>())
        {
            throw new InvalidDataException($"{_folder}: config.json ties the head to the embedding, but {Head} differs from {Embedding}.");
        }
    }

    private static string Some(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(5)) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
}
