// MSBuild fragment (netstandard2.0, the body of a task): ELF64 little-endian, marks one symbol version need as weak.
var bytes = System.IO.File.ReadAllBytes(Library);
if (bytes.Length < 64 || System.BitConverter.ToUInt32(bytes, 0) != 0x464c457f || bytes[4] != 2 || bytes[5] != 1)
{
    Log.LogError("{0} is not a 64-bit little-endian ELF file.", Library);
    return false;
}

var sections = (int)System.BitConverter.ToInt64(bytes, 0x28);
var sectionSize = System.BitConverter.ToUInt16(bytes, 0x3A);
var sectionCount = System.BitConverter.ToUInt16(bytes, 0x3C);
var changed = 0;
for (var s = 0; s < sectionCount; s++)
{
    var header = sections + s * sectionSize;
    if (System.BitConverter.ToUInt32(bytes, header + 4) != 0x6ffffffe) // SHT_GNU_verneed
    {
        continue;
    }

    var need = (int)System.BitConverter.ToInt64(bytes, header + 0x18);
    var names = (int)System.BitConverter.ToInt64(bytes, sections + (int)System.BitConverter.ToUInt32(bytes, header + 0x28) * sectionSize + 0x18);
    var needs = System.BitConverter.ToUInt32(bytes, header + 0x2C);
    for (var n = 0; n < needs; n++)
    {
        var version = need + (int)System.BitConverter.ToUInt32(bytes, need + 8);
        for (var v = System.BitConverter.ToUInt16(bytes, need + 2); v > 0; v--)
        {
            var name = names + (int)System.BitConverter.ToUInt32(bytes, version + 8);
            var end = System.Array.IndexOf(bytes, (byte)0, name);
            if (System.Text.Encoding.ASCII.GetString(bytes, name, end - name) == SymbolVersion && (bytes[version + 4] & 2) == 0)
            {
                bytes[version + 4] |= 2; // VER_FLG_WEAK
                changed++;
            }

            version += (int)System.BitConverter.ToUInt32(bytes, version + 12);
        }

        need += (int)System.BitConverter.ToUInt32(bytes, need + 12);
    }
}

if (changed > 0)
{
    // Never in place: the file may be a hard link into the package cache.
    var stamp = System.IO.File.GetLastWriteTimeUtc(Library);
    System.IO.File.WriteAllBytes(Library + ".tmp", bytes);
    System.IO.File.SetLastWriteTimeUtc(Library + ".tmp", stamp);
    System.IO.File.Delete(Library);
    System.IO.File.Move(Library + ".tmp", Library);
    Log.LogMessage(Microsoft.Build.Framework.MessageImportance.High, "{0}: {1} marked weak.", Library, SymbolVersion);
}
