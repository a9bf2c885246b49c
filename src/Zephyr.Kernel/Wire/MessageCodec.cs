using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetMQ;

namespace Zephyr.Kernel.Wire;

/// <summary>Messages as frames: identities, delimiter, signature, then header, parent, metadata and content as JSON.</summary>
/// <param name="key">The secret for the signature; empty for none.</param>
internal sealed class MessageCodec(string key)
{
    private const int JsonFrames = 4;

    private static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    /// <summary>The frames of a message.</summary>
    public NetMQMessage Encode(Message message)
    {
        byte[][] json = [Bytes(message.Header), Bytes(message.Parent), Bytes([]), Bytes(message.Content)];
        var frames = new NetMQMessage();
        foreach (var identity in message.Identities)
        {
            frames.Append(identity);
        }

        frames.Append(Delimiter);
        frames.Append(Sign(json));
        foreach (var frame in json)
        {
            frames.Append(frame);
        }

        return frames;
    }

    /// <summary>The message in the frames.</summary>
    /// <exception cref="InvalidDataException">The frames are no message, or their signature is wrong.</exception>
    public Message Decode(NetMQMessage frames)
    {
        var all = frames.Select(frame => frame.ToByteArray()).ToArray();
        var delimiter = Array.FindIndex(all, frame => frame.AsSpan().SequenceEqual(Delimiter));
        if (delimiter < 0 || all.Length < delimiter + 2 + JsonFrames)
        {
            throw new InvalidDataException($"{all.Length} frames without the delimiter <IDS|MSG> and the six frames from there on");
        }

        var json = all[(delimiter + 2)..(delimiter + 2 + JsonFrames)];
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(json)), all[delimiter + 1]))
        {
            throw new InvalidDataException("the signature is not that of the connection file's key");
        }

        return new Message(all[..delimiter], Parse(json[0]), Parse(json[1]), Parse(json[3]));
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(Plain));

    private static JsonObject Parse(byte[] frame)
    {
        try
        {
            return JsonNode.Parse(frame) as JsonObject ?? throw new InvalidDataException("a frame is JSON but no object");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"a frame is not JSON: {exception.Message}", exception);
        }
    }

    private string Sign(byte[][] json)
    {
        if (_key.Length == 0)
        {
            return "";
        }

        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var frame in json)
        {
            hash.AppendData(frame);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
