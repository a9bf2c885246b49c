using System.Security.Cryptography;
using System.Text;
using Zephyr.Model;
using static TorchSharp.torch;

namespace Zephyr.Training;

/// <summary>Where numbers came from, as hashes.</summary>
public static class Lineage
{
    /// <summary>
    /// sha256 over a model's sizes, compute type, and every weight's name, type and bytes; over its adapters where they are on. Same hash, same logits.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string HashOf(Mistral model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add($"{model.Config.ToJson()} {model.ComputeType}{model.AdapterScales()}");
        foreach (var (name, weight) in model.WeightsInUse())
        {
            Add($"{name} {weight.dtype}");
            hash.AppendData(weight.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>sha256 of texts in their order.</summary>
    internal static string HashOf(params string[] texts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))));
}
