using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zephyr.Kernel.Wire;

/// <summary>What a front end writes into the connection file: where to bind, and how to sign.</summary>
internal sealed record ConnectionInfo
{
    /// <summary><c>tcp</c> or <c>ipc</c>.</summary>
    [JsonPropertyName("transport")]
    public string Transport { get; init; } = "tcp";

    /// <summary>The address to bind to.</summary>
    [JsonPropertyName("ip")]
    public string Ip { get; init; } = "127.0.0.1";

    /// <summary>Requests that run one after the other.</summary>
    [JsonPropertyName("shell_port")]
    public required int ShellPort { get; init; }

    /// <summary>Requests that overtake those on the shell.</summary>
    [JsonPropertyName("control_port")]
    public required int ControlPort { get; init; }

    /// <summary>Output, for all who listen.</summary>
    [JsonPropertyName("iopub_port")]
    public required int IopubPort { get; init; }

    /// <summary>Questions to the reader.</summary>
    [JsonPropertyName("stdin_port")]
    public required int StdinPort { get; init; }

    /// <summary>Echo.</summary>
    [JsonPropertyName("hb_port")]
    public required int HeartbeatPort { get; init; }

    /// <summary>The secret for signatures; empty for none.</summary>
    [JsonPropertyName("key")]
    public string Key { get; init; } = "";

    /// <summary>The only one there is: <c>hmac-sha256</c>.</summary>
    [JsonPropertyName("signature_scheme")]
    public string SignatureScheme { get; init; } = "hmac-sha256";

    /// <summary>Reads a connection file.</summary>
    /// <exception cref="InvalidDataException">The file is no connection file, or asks for what this kernel cannot do.</exception>
    public static ConnectionInfo Read(string path)
    {
        try
        {
            var info = JsonSerializer.Deserialize<ConnectionInfo>(File.ReadAllText(path))
                ?? throw new InvalidDataException($"{path}: holds null, not a connection.");
            return info switch
            {
                { SignatureScheme: not "hmac-sha256" } => throw new InvalidDataException($"{path}: signature_scheme {info.SignatureScheme}; this kernel signs with hmac-sha256."),
                { Transport: not "tcp" } => throw new InvalidDataException($"{path}: transport {info.Transport}; this kernel speaks tcp."),
                _ => info,
            };
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: not a connection file: {exception.Message}", exception);
        }
    }

    /// <summary>The address of a port, as the sockets want it.</summary>
    public string Address(int port) => $"{Transport}://{Ip}:{port}";
}
