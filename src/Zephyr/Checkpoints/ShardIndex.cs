using System.Text.Json;

namespace Zephyr.Checkpoints;

/// <summary>Which shard holds which tensor: <c>model.safetensors.index.json</c>.</summary>
internal static class ShardIndex
{
    /// <summary>Tensor name to file name.</summary>
    public static Dictionary<string, string> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            var map = document.RootElement.GetProperty("weight_map").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
            foreach (var (tensor, file) in map.Where(pair => pair.Value.Length == 0 || Path.GetFileName(pair.Value) != pair.Value))
            {
                throw new InvalidDataException($"{path} places \"{tensor}\" in \"{file}\"; shards lie beside the index.");
            }

            return map;
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not an index of shards, {{\"weight_map\": {{tensor: file}}}}: {broken.Message}", broken);
        }
    }
}
