namespace Zephyr.Text;

/// <summary>The protobuf form of a SentencePiece model. Field numbers are those of sentencepiece_model.proto.</summary>
internal static class SentencePieceFile
{
    private const int Bpe = 2; // TrainerSpec.ModelType

    /// <summary>Reads a model and refuses every setting under which this kit would encode otherwise than SentencePiece.</summary>
    public static SentencePieceModel Parse(ReadOnlySpan<byte> bytes, string file)
    {
        var pieces = new List<SentencePiece>();
        var model = new SentencePieceModel { Pieces = pieces };
        var trained = false;
        for (var reader = new ProtobufReader(bytes, file); reader.Next();)
        {
            switch (reader.Field)
            {
                case 1: pieces.Add(Piece(reader.Bytes(), file)); break;
                case 2: (model, trained) = (TrainerSpec(model, reader.Bytes(), file), true); break;
                case 3: model = NormalizerSpec(model, reader.Bytes(), file); break;
                case 5: DenormalizerSpec(reader.Bytes(), file); break;
                default: reader.Skip(); break;
            }
        }

        return trained ? Checked(model, file) : throw new InvalidDataException($"{file}: not a SentencePiece model: it has no trainer_spec.");
    }

    /// <summary>The bytes of a model file; the same model gives the same bytes.</summary>
    public static byte[] ToBytes(SentencePieceModel model)
    {
        var file = new ProtobufWriter();
        foreach (var piece in model.Pieces)
        {
            var entry = new ProtobufWriter().Text(1, piece.Text).Single(2, piece.Score);
            file.Bytes(1, (piece.Type == PieceType.Normal ? entry : entry.Number(3, (int)piece.Type)).ToArray());
        }

        var trainer = new ProtobufWriter()
            .Number(3, Bpe)
            .Number(4, model.Pieces.Count)
            .Single(10, model.CharacterCoverage)
            .Flag(25, model.SplitDigits)
            .Flag(35, model.Pieces.Any(piece => piece.Type == PieceType.Byte))
            .Number(40, model.UnkId)
            .Number(41, model.BosId ?? -1)
            .Number(42, model.EosId ?? -1)
            .Number(43, model.PadId ?? -1);
        var normalizer = new ProtobufWriter().Text(1, "identity").Bytes(2, []).Flag(3, model.AddDummyPrefix).Flag(4, false);
        return file.Bytes(2, trainer.ToArray()).Bytes(3, normalizer.ToArray()).ToArray();
    }

    private static SentencePiece Piece(ReadOnlySpan<byte> bytes, string file)
    {
        var piece = new SentencePiece("", 0);
        for (var reader = new ProtobufReader(bytes, file); reader.Next();)
        {
            switch (reader.Field)
            {
                case 1: piece = piece with { Text = reader.Text() }; break;
                case 2: piece = piece with { Score = reader.Single() }; break;
                case 3: piece = piece with { Type = (PieceType)reader.Number() }; break;
                default: reader.Skip(); break;
            }
        }

        return piece;
    }

    private static SentencePieceModel TrainerSpec(SentencePieceModel model, ReadOnlySpan<byte> bytes, string file)
    {
        ulong modelType = 1; // unigram, where the field is absent
        for (var reader = new ProtobufReader(bytes, file); reader.Next();)
        {
            switch (reader.Field)
            {
                case 3: modelType = reader.Number(); break;
                case 10: model = model with { CharacterCoverage = reader.Single() }; break;
                case 24: Refuse(reader.Flag(), file, "trainer_spec.treat_whitespace_as_suffix", "spaces belong in front of words here"); break;
                case 25: model = model with { SplitDigits = reader.Flag() }; break;
                case 40: model = model with { UnkId = (int)reader.Number() }; break;
                case 41: model = model with { BosId = Id(reader.Number()) }; break;
                case 42: model = model with { EosId = Id(reader.Number()) }; break;
                case 43: model = model with { PadId = Id(reader.Number()) }; break;
                case 44: model = model with { UnkSurface = reader.Text() }; break;
                default: reader.Skip(); break;
            }
        }

        Refuse(modelType != Bpe, file, $"trainer_spec.model_type {modelType}", "only BPE (2) is read");
        return model;
    }

    private static SentencePieceModel NormalizerSpec(SentencePieceModel model, ReadOnlySpan<byte> bytes, string file)
    {
        var removesSpaces = true; // where the field is absent
        for (var reader = new ProtobufReader(bytes, file); reader.Next();)
        {
            switch (reader.Field)
            {
                case 2: Refuse(reader.Bytes().Length > 0, file, "normalizer_spec.precompiled_charsmap", "text is taken as it is (identity) here"); break;
                case 3: model = model with { AddDummyPrefix = reader.Flag() }; break;
                case 4: removesSpaces = reader.Flag(); break;
                case 5: Refuse(!reader.Flag(), file, "normalizer_spec.escape_whitespaces off", "spaces are always U+2581 here"); break;
                case 6: Refuse(reader.Bytes().Length > 0, file, "normalizer_spec.normalization_rule_tsv", "text is taken as it is (identity) here"); break;
                default: reader.Skip(); break;
            }
        }

        Refuse(removesSpaces, file, "normalizer_spec.remove_extra_whitespaces", "spaces are kept here");
        return model;
    }

    private static void DenormalizerSpec(ReadOnlySpan<byte> bytes, string file)
    {
        for (var reader = new ProtobufReader(bytes, file); reader.Next();)
        {
            if (reader.Field == 2)
            {
                Refuse(reader.Bytes().Length > 0, file, "denormalizer_spec.precompiled_charsmap", "decoded text is left as it is here");
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static SentencePieceModel Checked(SentencePieceModel model, string file)
    {
        if (model.Pieces.ElementAtOrDefault(model.UnkId)?.Type != PieceType.Unknown)
        {
            throw new InvalidDataException($"{file}: trainer_spec.unk_id is {model.UnkId}, but piece {model.UnkId} of {model.Pieces.Count} is not of type UNKNOWN.");
        }

        foreach (var (id, field) in ((int?, string)[])[(model.BosId, "bos_id"), (model.EosId, "eos_id"), (model.PadId, "pad_id")])
        {
            if (id >= model.Pieces.Count)
            {
                throw new InvalidDataException($"{file}: trainer_spec.{field} is {id}, but there are only {model.Pieces.Count} pieces.");
            }
        }

        var unused = model.Pieces.FirstOrDefault(piece => piece.Type is PieceType.Unused or < PieceType.Normal or > PieceType.Byte);
        Refuse(unused is not null, file, $"piece '{unused?.Text}' of type {unused?.Type}", "every piece must be in use");
        return model;
    }

    private static int? Id(ulong written) => (int)written is >= 0 and var id ? id : null;

    private static void Refuse(bool present, string file, string field, string reason)
    {
        if (present)
        {
            throw new InvalidDataException($"{file}: {field} is not supported: {reason}. This tokenizer would give other ids than SentencePiece, so it is refused.");
        }
    }
}
